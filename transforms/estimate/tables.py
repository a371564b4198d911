"""Create the tables of an estimate with SQL that reads the schema ahead first, and write them."""

from pathlib import Path

import duckdb

from transforms.database import literal
from transforms.estimate.ahead import SCHEMA

BASE = "release.main"  # the release that the estimate is based on
DATABASE = "estimate.duckdb"
STATES = """
    with lasts as (
        select cds, student_group, indicator, level from {base}.evidence
        where finding = 'result' and dashboard_year = (select max(dashboard_year) from {schema}.history)
        union all
        select h.cds, h.student_group, i.indicator, 1
        from (
            select cds, student_group, arg_max(priorities_met, dashboard_year) as priorities,
                arg_max(basis, dashboard_year) as basis
            from {schema}.history where meets_criteria group by all
        ) h
        join {schema}.ref_indicators i on list_contains(h.priorities, i.priority::tinyint)
        where h.basis = 'cde_letters'
    )
    select cds, student_group, indicator, any_value(k.level) as level, min(e.level) as last_level
    from {schema}.ahead_cells k
    full join lasts e using (cds, student_group, indicator)
    group by all"""
_LEA = "l.cds, l.lea_name, l.lea_type, l.county_code, l.county"
_INPUTS = f"""
    select {_LEA}, a.student_group, a.indicator, a.measure, k.level, coalesce(k.kind, 'missing') as kind,
        k.line as file_line
    from leas l
    cross join asked_pairs a
    left join ahead_cells k using (cds, student_group, indicator)
    order by all"""
_NAMED = """
    named as (
        select
            g.cds, g.test,
            list(i.student_group || ' ' || i.indicator order by i.student_group, i.indicator)
            filter (i.kind = 'estimate') as inputs_estimated,
            list(i.student_group || ' ' || i.indicator order by i.student_group, i.indicator)
            filter (i.kind = 'carried_over') as inputs_carried_over,
            list(i.student_group || ' ' || i.indicator order by i.student_group, i.indicator)
            filter (i.kind = 'missing') as inputs_missing
        from matter g
        join estimate_inputs i using (cds, student_group)
        group by g.cds, g.test
    )"""
_LISTS = ", ".join(f"coalesce(n.{x}, []) as {x}" for x in ("inputs_estimated", "inputs_carried_over", "inputs_missing"))
_WATCH = f"""
    select {_LEA}, w.student_group, w.watch, w.standing, w.next_dashboard, w.years, w.indicators,
        w.would_be_eligible, s.sentence
    from watch_rows w join leas l using (cds) join watch_sentences s using (cds, student_group, watch)
    where (w.watch like 'preview%') = {{preview}}
    order by l.county, l.lea_name, l.cds, w.student_group, w.watch"""
# Tables that are created while the schema ahead is read first. Inputs that matter to a test belong to groups that
# earlier years do not rule out. For the clause for fewer than three groups, they belong to all groups, because any
# group may be one more.
TABLES = {
    "estimate_inputs": _INPUTS,
    "estimate_groups": f"""
        select {_LEA}, g.test, g.student_group, g.outlook, g.years_met, g.meets_next, g.counts_anyway, g.counts_if_met
        from outlook_test_groups g join leas l using (cds)
        order by l.county, l.lea_name, l.cds, g.test, g.student_group""",
    "outlooks": f"""
        with matter as (
            select g.cds, g.test, g.student_group
            from outlook_test_groups g
            join outlook o using (cds, test)
            where o.by_clause or (g.counts_if_met is not false and not g.counts_anyway)
        ), {_NAMED}
        select {_LEA}, o.test, o.outlook, o.by_clause, o.groups_required, o.groups_certain, o.groups_possible, {_LISTS}
        from outlook o join leas l using (cds) left join named n using (cds, test)""",
    "estimate_watch": _WATCH.format(preview="false"),
}
PREVIEW_TABLES = {
    "estimate_inputs": _INPUTS,
    "estimate_groups": f"""
        select {_LEA}, 'preview' as test, g.student_group, g.outlook, g.indicators_met, g.indicators_open
        from outlook_preview g join leas l using (cds) where l.lea_type <> 'charter'
        order by l.county, l.lea_name, l.cds, g.student_group""",
    "outlooks": f"""
        with matter as (select cds, 'preview' as test, student_group from outlook_preview
            where outlook <> 'ruled_out'), {_NAMED},
        per_lea as (
            select
                cds, 'preview' as test,
                list(student_group order by student_group) filter (outlook = 'certain') as groups_certain,
                list(student_group order by student_group) filter (outlook = 'possible') as groups_possible
            from outlook_preview group by cds
        )
        select
            {_LEA}, p.test,
            case
                when len(p.groups_certain) > 0 then 'certain'
                when len(p.groups_possible) > 0 then 'possible'
                else 'ruled_out'
            end as outlook,
            false as by_clause, 1 as groups_required, coalesce(p.groups_certain, []) as groups_certain,
            coalesce(p.groups_possible, []) as groups_possible,
            {_LISTS}
        from per_lea p join leas l using (cds) left join named n using (cds, test)
        where l.lea_type <> 'charter'""",
    "estimate_watch": _WATCH.format(preview="true"),
}
SUMMARY_TABLES = {
    "estimate_counts": """
        select test, outlook, by_clause, count(*) as leas, count(*) filter (lea_type = 'district') as districts,
            count(*) filter (lea_type = 'county_office') as county_offices,
            count(*) filter (lea_type = 'charter') as charter_schools
        from estimate_verdicts group by test, outlook, by_clause order by all""",
    "estimate_names": f"""
        select 'group_names' as list, null as measure, student_group as code, null::tinyint as level,
            name from {SCHEMA}.ref_student_groups
        union all
        select 'indicator_names', null, indicator, null, name from {SCHEMA}.ref_indicators
        union all
        select 'levels', k.measure, i.indicator, k.level::tinyint, k.label
        from {SCHEMA}.ref_levels k join {SCHEMA}.ref_indicators i on k.better is null or k.better = i.better
        where k.measure in ('color', 'status_level')
        order by all""",
    "estimate_about": f"""
        select m.release_id, m.as_of, m.scope, about.* from {BASE}.meta_release m cross join about""",
}
NAMES = tuple(f"estimate_{n}" for n in ("about", "counts", "verdicts", "groups", "inputs", "watch", "names"))
COUNTS = "select test, outlook, by_clause, leas from estimate_counts"  # input of counts_sentences


def write_tables(connection: duckdb.DuckDBPyConnection, notice: str, folder: Path) -> None:
    """Write estimate.duckdb and one Parquet file per table, each marked as an estimate by ``notice``."""
    comment = literal(notice)
    connection.execute(f"attach {literal(str(folder / DATABASE))} as target")
    for name in NAMES:
        connection.execute(f"create table target.{name} as select * from {name}")
        connection.execute(f"comment on table target.{name} is {comment}")
        copied = f"copy {name} to {literal(str(folder / f'{name}.parquet'))}"
        connection.execute(f"{copied} (format parquet, compression zstd, kv_metadata {{description: {comment}}})")
    connection.execute("detach target")
