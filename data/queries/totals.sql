-- Total packages analyzed and total detections, by registry
select registry, status, population, analyzed, detections, undecided, per_10k, per_10k_low, per_10k_high, method
from incidence_by_registry
where policy = 'SQ34401'
