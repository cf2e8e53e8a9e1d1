-- One token in many packages: the largest clusters
select service, verdict, packages, registries
from clusters
where policy = 'SQ34401'
order by packages desc
limit 10
