/** The few words in which the kinds of database differ; `open.ts` chooses, migrations and views fill them in. */
export interface DialectWords {
  /** Column definition of an integer primary key that numbers itself. */
  readonly identity: string;
  /** Suffix for tables that are stored in the order of their primary key. */
  readonly clustered: string;
  /** A statement that makes or changes tables, as this kind of database takes it: texts compare byte by byte everywhere. */
  readonly ddl: (statement: string) => string;
  /** Statements that mark a new database as one of ours, where the file itself does not. */
  readonly marks: readonly string[];
  /** Statements after which tables whose rows were given their numbers go on numbering behind the last one. */
  readonly renumber: (tables: readonly string[]) => readonly string[];
  /**
   * A query for people's own views that stand on views of these names, each after those it stands on, with its `name` and `definition`;
   * null where a view can be dropped from under others.
   */
  readonly dependents: ((names: readonly string[]) => string) | null;
  /** Expression for integer milliseconds as ISO 8601 text, UTC; null for null. */
  readonly iso: (millis: string) => string;
  /** Expression for the present moment by the database's clock, in integer milliseconds since 1970; moves within a transaction. */
  readonly now: string;
  /** Ends a subquery whose rows are to be changed: rows that another transaction is changing are passed over. */
  readonly skipLocked: string;
}
