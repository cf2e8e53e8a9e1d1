/** What the tests of this adapter share. */
import { handmade, worldOf } from '../../stand-in/handmade.ts';
import { nugetOrigins, nugetStandIn, type NugetStandInOptions } from '../../stand-in/nuget.ts';
import type { Fault, StandInRequest } from '../../stand-in/server.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import type { WorldPackage } from '../../stand-in/world.ts';
import { nuget } from './index.ts';

export async function open(packages: readonly WorldPackage[], options: NugetStandInOptions = {}): Promise<Session> {
  return openSession(nuget, nugetStandIn(worldOf(packages), options), nugetOrigins);
}

export function pkg(name: string, releases: Parameters<typeof handmade>[2], state: Partial<WorldPackage> = {}): WorldPackage {
  return handmade('nuget', name, releases, state);
}

/** Paths asked for whose end or middle is `part`. */
export function asked({ server }: Session, part: string): string[] {
  return server.ledger.filter(({ path }) => path.includes(part)).map(({ path }) => path);
}

/** Answers requests whose path holds `part` with `body`; all others as they should be. */
export function instead(session: Session, part: string, answer: (request: StandInRequest) => unknown): void {
  session.server.faults((request): Fault | null => {
    if (!request.path.includes(part)) return null;
    const body = JSON.stringify(answer(request));
    return { kind: 'answer', answer: { status: 200, headers: { 'content-type': 'application/json' }, body } };
  });
}
