/** What the configuration says of tokens that are no secrets, in the words of the validation engine. */
import { createExamples, type Examples } from '../analysis/examples.ts';
import type { Config } from './config.ts';
import { UsageError } from './errors.ts';
import { readText } from './written-file.ts';

export interface KnownTokens {
  readonly examples: Examples;
  /** Further secrets that JWTs of tutorials are signed with. */
  readonly demoSecrets: readonly string[];
}

/** @throws UsageError where the word list cannot be read or does not parse */
export function knownTokens({ validation }: Config): KnownTokens {
  const { examples, canaries, demoSecrets } = validation;
  return {
    examples: createExamples({
      published: examples.map(({ sha256 }) => sha256),
      canaries: canaries.map(({ sha256 }) => sha256),
    }),
    demoSecrets: demoSecrets === undefined ? [] : readWordList(demoSecrets),
  };
}

/** Every word is tried on every JWT that is signed by HMAC: a hundred thousand take a tenth of a second. */
const MOST_WORDS = 250_000;
const LONGEST_WORD = 1024;

/** The words of a list, one a line, each once; empty lines are none. No line is a comment: a secret may begin with anything. */
export function readWordList(path: string): readonly string[] {
  const words = new Set<string>();
  const refuse = (line: number, why: string): never => {
    throw new UsageError(`the word list ${path} does not parse: line ${line} ${why}; it takes one secret a line, as plain text`);
  };
  for (const [index, raw] of readText(path, 'word list').split('\n').entries()) {
    const word = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (word === '') continue;
    if (word.length > LONGEST_WORD) refuse(index + 1, `has ${word.length} characters, more than ${LONGEST_WORD}`);
    if (/\p{Cc}/u.test(word)) refuse(index + 1, 'has control characters');
    words.add(word);
    if (words.size > MOST_WORDS) refuse(index + 1, `is the word after the ${MOST_WORDS} that are allowed`);
  }
  if (words.size === 0) throw new UsageError(`the word list ${path} has no words; it takes one secret a line, as plain text`);
  return [...words];
}
