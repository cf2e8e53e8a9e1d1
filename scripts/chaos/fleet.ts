/** The processes that are disturbed: the command line as people start it, started again when it was killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
/** Of what a process said, the end is kept. */
const KEPT = 4000;

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly said: string;
}

/** Starts a command. The user's npm configuration is about the real registry; invented ones need none of it. */
export function startCommand(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_|_proxy$/i.test(name)));
  const child = spawn(process.execPath, ['scripts/launch.mjs', ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-KEPT);
    });
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, said }));
  return { child, ended };
}

interface Member {
  readonly name: string;
  child: ChildProcess;
  /** Killed by us; the next one starts after so many milliseconds. */
  restartAfterMs: number | null;
  isStopped: boolean;
}

export interface FleetOptions {
  readonly commands: readonly { readonly name: string; readonly args: readonly string[] }[];
  /** 3 is an end like any other: something of the world cannot be analysed, which is so. */
  readonly goodCodes: readonly number[];
}

/** Commands that each run until they end well, whatever happens to them. */
export class Fleet {
  readonly #members: Member[] = [];
  readonly #lives: Promise<void>[];
  readonly #stops = new Set<NodeJS.Timeout>();
  readonly #failed: string[] = [];
  #isOver = false;

  constructor({ commands, goodCodes }: FleetOptions) {
    this.#lives = commands.map(async ({ name, args }) => this.#live(name, args, goodCodes));
  }

  /** Processes that ended by themselves with an error, and what they said: no disturbance may do that. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Resolves when every command has ended well, or one has failed too often. */
  async done(): Promise<void> {
    await Promise.all(this.#lives);
  }

  /** Kills one of those that are alive; null where none is. */
  kill(who: number, restartAfterMs: number): string | null {
    const member = this.#choose(who, () => true);
    if (member === undefined) return null;
    member.restartAfterMs = restartAfterMs;
    member.child.kill('SIGKILL');
    return member.name;
  }

  /** Stops one that is running, for a while; null where all stand still already. */
  stop(who: number, ms: number): string | null {
    const member = this.#choose(who, (one) => !one.isStopped);
    if (member === undefined) return null;
    const { child, name } = member;
    child.kill('SIGSTOP');
    member.isStopped = true;
    const timer = setTimeout(() => {
      this.#stops.delete(timer);
      member.isStopped = false;
      child.kill('SIGCONT');
    }, ms);
    this.#stops.add(timer);
    return name;
  }

  /** Ends everything that is left. */
  end(): void {
    this.#isOver = true;
    for (const timer of this.#stops) clearTimeout(timer);
    for (const { child } of this.#members) child.kill('SIGKILL');
  }

  #choose(who: number, fits: (member: Member) => boolean): Member | undefined {
    const fitting = this.#members.filter((one) => one.restartAfterMs === null && one.child.exitCode === null && fits(one));
    return fitting[who % Math.max(1, fitting.length)];
  }

  async #live(name: string, args: readonly string[], goodCodes: readonly number[]): Promise<void> {
    let failures = 0;
    while (!this.#isOver) {
      const { child, ended } = startCommand(args);
      const member: Member = { name, child, restartAfterMs: null, isStopped: false };
      this.#members.push(member);
      const { code, said } = await ended;
      this.#members.splice(this.#members.indexOf(member), 1);
      if (member.restartAfterMs !== null) {
        await sleep(member.restartAfterMs);
        continue;
      }
      if (this.#isOver || (code !== null && goodCodes.includes(code))) return;
      this.#failed.push(`${name} ended with ${code}: ${said.trim()}`);
      failures += 1;
      if (failures === 3) return;
    }
  }
}
