#!/bin/sh
# Draws the sample of a run again, outside of the program, from nothing but the frame, the ranking and the seed of the run:
#   sh data/redraw.sh DATABASE RUN REGISTRY COUNT
# Prints key and selection key of each package: ranks 1 to 10 000 in their order, then the COUNT unranked with the least hashes.
set -eu
database=$1 run=$2 registry=$3 count=$4
case $database in
  postgres://* | postgresql://*) ask() { psql -XAtq -F ' ' -v ON_ERROR_STOP=1 -c "$1" "$database"; } ;;
  *) ask() { sqlite3 -readonly -separator ' ' "$database" "$1"; } ;;
esac
seed=$(ask "select seed from run where id = $run")
test -n "$seed" || { echo "$database has no run $run" >&2; exit 1; }
frame="select p.key, pl.rank from package p
  left join run_registry rr on rr.run_id = $run and rr.registry = p.registry
  left join place pl on pl.ranking_id = rr.ranking_id and pl.key = p.key and pl.rank <= 10000
  where p.registry = '$registry' and p.first_run <= $run and p.listed_run > 0 and (p.gone_run is null or p.gone_run > $run)"
hashed() {
  while IFS= read -r key; do
    printf '%s %s\n' "$key" "$(printf '%s' "$seed:$registry:$key" | sha256sum | cut -c1-64)"
  done
}
ask "select key from ($frame) as frame where rank is not null order by rank" | hashed
ask "select key from ($frame) as frame where rank is null" | hashed | LC_ALL=C sort -k2,2 | head -n "$count"
