/** Plants for tests that know no services: marked texts, easy to find again. */
import type { Planter } from '../world.ts';

/** Secrets are `<<` hex `>>`; every third or so has two parts. */
export const plainPlant: Planter = ({ seed, verdict }) => {
  const secret = `<<${Buffer.from(`${seed} ${verdict}`).toString('hex')}>>`;
  const secrets = seed.length % 3 === 0 ? [`${secret}id`, secret] : [secret];
  return {
    service: 'demo',
    format: 'demo.token',
    family: 'token',
    verdict,
    snippet: `KEY="${secrets.join('"\nKEY="')}"`,
    secrets,
  };
};
