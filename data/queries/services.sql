-- Packages with a detection, by service and registry (reports leave out cells of fewer than 5 packages)
select service, registry, packages, tokens
from services
where policy = 'SQ34401'
order by packages desc, service, registry
