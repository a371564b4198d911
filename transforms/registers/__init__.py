"""Records that people keep: state loans, cases of the recorded pathways, CALPADS lateness.

Every row is checked before anything is decided from it.
"""

from transforms.registers.load import (
    case_registers,
    check_registers,
    columns_of,
    load_registers,
    registers_of,
    to_arrow,
)

__all__ = ["case_registers", "check_registers", "columns_of", "load_registers", "registers_of", "to_arrow"]
