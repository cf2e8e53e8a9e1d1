/** The part of npm's own configuration reader that `npm-config.ts` uses; npm publishes no types for it. */
declare module '@npmcli/config' {
  interface ConfigLevel {
    /** The file, or a word for where it comes from. */
    readonly source: string | null;
    readonly raw: Readonly<Record<string, unknown>>;
    readonly data: Readonly<Record<string, unknown>>;
    readonly loadError?: NodeJS.ErrnoException | null;
  }
  export default class Config {
    constructor(options: {
      readonly definitions: unknown;
      readonly shorthands: unknown;
      readonly flatten: unknown;
      readonly nerfDarts: unknown;
      readonly npmPath: string;
      readonly env: Record<string, string | undefined>;
      readonly argv: readonly string[];
      readonly execPath: string;
      readonly cwd: string;
      readonly warn: boolean;
    });
    /** By level, weakest first. */
    readonly data: ReadonlyMap<string, ConfigLevel>;
    load(): Promise<void>;
    validate(): boolean;
    get(key: string): unknown;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  interface Definition {
    readonly default: unknown;
    readonly flatten?: (key: string, settings: Record<string, unknown>, flat: Record<string, unknown>) => void;
  }
  const npmDefinitions: {
    readonly definitions: Readonly<Record<string, Definition | undefined>>;
    readonly shorthands: unknown;
    readonly flatten: unknown;
    readonly nerfDarts: unknown;
  };
  export default npmDefinitions;
}
