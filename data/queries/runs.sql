-- All runs, newest first
select run, is_current, state, scope, period, opened_at, closed_at, validation, detector_stamp, code_version
from runs
order by run desc
