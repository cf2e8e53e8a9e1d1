/** For vitest, before and after all tests: the place of the test server. */
import { reserveServer } from './test-server.ts';

export default function setup(): () => void {
  const server = reserveServer();
  process.env['VITEST_PARENT'] = String(process.pid);
  return () => server.end();
}
