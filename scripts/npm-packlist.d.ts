/** The part of npm's list of files to pack that `npm-pack.ts` uses; npm publishes no types for it. */
declare module 'npm-packlist' {
  interface PackTree {
    readonly path: string;
    readonly package: Readonly<Record<string, unknown>>;
    readonly isProjectRoot: boolean;
    readonly isLink: boolean;
    readonly target: PackTree;
    readonly edgesOut: ReadonlyMap<string, { readonly to: PackTree | null; readonly peer: boolean; readonly dev: boolean }>;
    readonly workspaces?: ReadonlyMap<string, string>;
  }
  /** Paths from the root of the tree, with slashes. */
  export default function packlist(tree: PackTree): Promise<string[]>;
}
