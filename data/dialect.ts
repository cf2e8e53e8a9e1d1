/** The few words in which the kinds of database differ; `open.ts` chooses, migrations and views fill them in. */
export interface DialectWords {
  /** Column definition of an integer primary key that numbers itself. */
  readonly identity: string;
  /** Suffix for tables that are stored in the order of their primary key. */
  readonly clustered: string;
  /** Expression for integer milliseconds as ISO 8601 text, UTC; null for null. */
  readonly iso: (millis: string) => string;
}
