-- Distinct tokens and packages by verdict, of the policy's family
select verdicts.registry, verdicts.verdict, verdicts.tokens, verdicts.packages
from verdicts
join policies on policies.family = verdicts.family
where policies.policy = 'SQ34401'
order by verdicts.registry, verdicts.tokens desc
