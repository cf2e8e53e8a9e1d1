-- What the run covered: frame, ranking, sample
select registries.registry, registries.frame_size, registries.frame_taken_at, registries.selected, registries.dropped_items,
  rankings.label as ranking, rankings.dated as ranking_dated, rankings.taken_at as ranking_taken_at, rankings.places
from registries
left join rankings on rankings.run = registries.run and rankings.registry = registries.registry
where registries.run = (select run from current_run)
