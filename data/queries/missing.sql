-- What is not known, and why: failed packages, packages without a release, artifacts and entries that were skipped
select registry, kind, reason, packages, items
from reasons
order by registry, kind, packages desc
