-- The packages that violate the policy, most popular first (not for publication while tokens are active)
select registry, name, tier, rank, tokens, places, restricted_only
from detections
where policy = 'SQ34401'
order by registry, case when rank is null then 1 else 0 end, rank, name
