-- The figures of all runs, each with its denominators
select run, closed_at, registry, status, population, analyzed, detections, per_10k, per_10k_low, per_10k_high, detector_stamp
from history
where policy = 'SQ34401' and scope = 'registry'
order by run, registry
