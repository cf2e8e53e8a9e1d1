import { expect, test } from 'vitest';
import { createDetector } from '../detect/detector.ts';
import { acmeKey, INVENTED } from '../detect/invented-services.ts';
import { Fingerprinter } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';
import { ADVERSARIAL } from './bench/adversarial.ts';

const services: readonly Service[] = [...SERVICES, ...INVENTED];
const detector = createDetector(services, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 1)) });
const token = acmeKey(seededRandom('adversarial'));

test.each(ADVERSARIAL)('behind $name a token is found, or it is said what was not looked through', ({ content }) => {
  const artifact = detector.artifact();
  const entry = artifact.entry(['artifact', 'entry.txt']);
  entry.push(content(150_000));
  entry.push(Buffer.from(`\n key: ${token}\n`));
  entry.end();
  const { candidates, skipped } = artifact.finish();
  const isFound = candidates.some(({ parts }) => parts['token']?.reveal() === token);
  const isSaid = skipped.some(({ reason }) => reason === 'limit-work' || reason === 'limit-candidates');
  expect(isFound || isSaid).toBe(true);
});
