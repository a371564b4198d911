"""Records that people keep: state loans, cases of the recorded pathways, CALPADS lateness. Every row is checked before anything is decided from it."""

from transforms.registers.load import CASES, REGISTERS, check_registers, columns_of, load_registers, to_arrow

__all__ = ["CASES", "REGISTERS", "check_registers", "columns_of", "load_registers", "to_arrow"]
