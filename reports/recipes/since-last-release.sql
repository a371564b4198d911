-- title: Since the last release
-- question: Which verdicts differ from the release before, and which source files were reissued?
select
    'verdict' as what,
    lea_name as name,
    cds,
    determination_year,
    pathway || ': ' || change as difference,
    status_before as before,
    status_after as after
from meta_release_changes
union all
select
    'source file',
    file,
    null,
    dashboard_year,
    rows_added || ' rows added, ' || rows_removed || ' removed, ' || rows_altered || ' altered',
    previous_sha256[1:16],
    sha256[1:16]
from meta_sources
where previous_sha256 is not null
order by all
