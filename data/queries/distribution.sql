-- Distribution of detections by popularity tier
select registry, tier, status, population, analyzed, detections, undecided, per_10k, per_10k_low, per_10k_high, method
from incidence_by_tier
where policy = 'SQ34401'
