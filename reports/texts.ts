/**
 * What the page says about a policy, apart from figures. The catalogue's policies differ in two ways: what was found
 * (a family) and what is known of it (accepted, refused, not asked, published, canary); the texts are built from the two.
 */
import type { Policy } from '../data/policies.ts';
import type { Family } from '../data/model.ts';

export interface PolicyTexts {
  readonly about: string;
  readonly resolve: readonly string[];
  readonly reading: readonly { readonly label: string; readonly url: string }[];
}

const NOUN: Readonly<Record<Family, { readonly many: string; readonly what: string }>> = {
  token: {
    many: 'web service access tokens',
    what: 'A token stands for the person or program it was issued to, and opens whatever they may use.',
  },
  'api-key': { many: 'web service API keys', what: 'An API key names the account that pays for, and answers for, each call.' },
  webhook: {
    many: 'web service webhook keys',
    what: 'Whoever knows a webhook key can post in the name of the program it belongs to.',
  },
  credentials: { many: 'web service access credentials', what: 'An identifier and its secret together log a program in.' },
};

/** What is known of the tokens that a policy is about. */
export type Known = 'active' | 'inactive' | 'untested' | 'published' | 'canary';

export function knownOf(policy: Policy): Known {
  if (policy.id === 'SQ34251') return 'published';
  if (policy.id === 'SQ34252') return 'canary';
  if (policy.id.startsWith('SQ342')) return 'inactive';
  return policy.id.startsWith('SQ344') ? 'active' : 'untested';
}

const KNOWN: Readonly<Record<Known, string>> = {
  active:
    'Each one counted here was accepted by the service it belongs to, through the least privileged call that the service offers, so it works today and can be abused by anyone who downloads the package.',
  inactive:
    'Each one counted here was refused by the service it belongs to, or had provably expired. It opens nothing today, but it shows that secrets have found their way into the package, and others may follow.',
  untested:
    'Whether the service still accepts them was not asked, because no harmless question exists or validation was switched off. They should be treated as working until they are revoked.',
  published:
    'They are published by their service as examples, or signed with secrets that stand in public documentation, and protect nothing.',
  canary:
    'They are canaries: planted on purpose to raise an alarm when someone uses them. They were recognised offline and never used.',
};

const RESOLVE: Readonly<Record<Known, readonly string[]>> = {
  active: [
    'Keep secrets outside of source code and packages, in a store made for them, and let machines rotate them.',
    'If a secret was published by mistake, revoke it first, then publish a clean release, and file a security incident: deleting the release does not take it back.',
    'Examples of service tokens that may have been detected include AWS, Facebook, JWT, SWT, Slack and others.',
  ],
  inactive: [
    'Remove what is left of the secret from the package.',
    'Find out how it came into the package, and close that way before a working one takes it.',
  ],
  untested: [
    'Keep secrets outside of source code and packages, in a store made for them, and let machines rotate them.',
    'If a secret was published by mistake, revoke it, whether or not it still seems to work.',
  ],
  published: [
    'Nothing has to be done. Where an example may be mistaken for a real secret, an obviously invalid one is kinder to readers.',
  ],
  canary: ['Nothing has to be done if the canary was planted by the publisher of the package.'],
};

/** The texts of a policy of the catalogue. */
export function textsOf(policy: Policy): PolicyTexts {
  const noun = NOUN[policy.family];
  const state = knownOf(policy);
  const named = state === 'published' || state === 'canary' ? 'web service tokens, keys or credentials' : noun.many;
  return {
    about:
      'Software as a service is used by programs as much as by people, and a program shows who it is by a secret that the service gave out. ' +
      `${noun.what} The package was found to contain ${named}. ${KNOWN[state]} ` +
      'Secrets never belong into a released package, not even encrypted or obfuscated, since the package must hold all that is needed to read them.',
    resolve: RESOLVE[state],
    reading: [
      {
        label: 'OWASP Secrets Management Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      },
      { label: 'RFC 6750: Bearer Token Usage, security considerations', url: 'https://www.rfc-editor.org/rfc/rfc6750#section-5' },
    ],
  };
}
