/** One package for every oddity that real registries have: there once in every world, whatever its size. */
import type { RegistryId } from '../../../data/model.ts';
import type { PackagePlan, ReleasePlan } from './plan.ts';

/** Equal wishes make one token: the same one in these packages of several registries. */
const SHARED = { seed: 'shared by several packages', verdict: 'active' } as const;

export const QUIRKS: Readonly<Record<RegistryId, readonly PackagePlan[]>> = {
  rubygems: [
    {
      name: 'fenara_all_yanked',
      releases: [withdrawn('0.1.0'), withdrawn('0.2.0')],
      latest: null,
      noRelease: 'all-yanked',
      ranked: 'never',
    },
    { name: 'fenara_removed', releases: [], latest: null, noRelease: 'not-found', ranked: 'never' },
    {
      name: 'torist_native_only',
      releases: [
        { version: '0.9.0' },
        {
          version: '1.0.0',
          carries: [SHARED],
          artifacts: [
            { platform: 'arm64-darwin', representative: false },
            { platform: 'java', representative: false },
            { platform: 'x86_64-linux' },
          ],
        },
      ],
      latest: '1.0.0',
    },
    {
      name: 'torist_java_ahead',
      releases: [
        { version: '2.0.0' },
        { version: '2.1.0', artifacts: [{ platform: 'java' }], carries: [{ seed: 'only for java', verdict: 'active' }] },
      ],
      latest: '2.0.0',
      ranked: 'top',
    },
    {
      name: 'torist_platforms',
      releases: [
        {
          version: '1.2.0',
          carries: [{ seed: 'in every platform', verdict: 'inactive' }],
          artifacts: [
            {
              platform: 'x86_64-linux-gnu',
              representative: false,
              carries: [{ seed: 'in the native gem alone', verdict: 'active' }],
            },
            { platform: '' },
            { platform: 'java', representative: false },
          ],
        },
      ],
      latest: '1.2.0',
    },
    { name: 'pelund_mswin_only', releases: [{ version: '0.3.0', artifacts: [{ platform: 'x86-mswin32-60' }] }], latest: '0.3.0' },
    {
      name: 'Pelund.Pre-Release_Only',
      releases: [before('0.1.0.alpha'), before('0.1.0.beta10'), before('0.1.0.beta2')],
      latest: '0.1.0.beta10',
    },
    {
      name: 'pelund_ten_beats_nine',
      releases: [{ version: '1.10.0' }, { version: '1.9.0' }, { version: '1.9' }],
      latest: '1.10.0',
    },
    { name: '-', releases: [{ version: '1' }], latest: '1', tiny: true },
    { name: '.venmir', releases: [{ version: '0.1' }], latest: '0.1', tiny: true },
  ],
  nuget: [
    {
      name: 'Fenara.AllUnlisted',
      releases: [withdrawn('1.0.0'), withdrawn('1.1.0')],
      latest: null,
      noRelease: 'all-unlisted',
      ranked: 'never',
    },
    { name: 'Fenara.Hole', releases: [], latest: null, noRelease: 'not-found', ranked: 'never' },
    {
      name: 'Torist.FourParts',
      releases: [{ version: '1.0.0.9' }, { version: '1.0.0.10', carries: [SHARED] }, { version: '1.0.0' }],
      latest: '1.0.0.10',
    },
    { name: 'Torist.BuildMetadata', releases: [{ version: '1.0.0' }, { version: '1.1.0+ab12cd3' }], latest: '1.1.0+ab12cd3' },
    {
      name: 'PELUND.Prerelease.ONLY',
      releases: [before('1.0.0-beta.2'), before('1.0.0-BETA.11'), before('1.0.0-alpha.20')],
      latest: '1.0.0-BETA.11',
    },
    { name: 'Pelund.ManyVersions', releases: manyVersions(140), latest: '1.139.0', tiny: true },
    {
      name: 'Pelund.ManyWithdrawn',
      releases: manyVersions(130, '1.3.0'),
      latest: '1.3.0',
      tiny: true,
    },
    { name: 'Größe.Rechner', releases: [{ version: '2.0.0' }], latest: '2.0.0', tiny: true },
    // Hidden from the search for nothing in particular, as the registry hides parts of the framework.
    {
      name: 'Microsoft.Venmir.Primitives',
      releases: [{ version: '8.0.0' }, { version: '6.0.31' }],
      latest: '8.0.0',
      ranked: 'top',
    },
  ],
  pypi: [
    {
      name: 'fenara-all-yanked',
      releases: [withdrawn('0.1'), withdrawn('0.2')],
      latest: null,
      noRelease: 'all-yanked',
      ranked: 'never',
    },
    { name: 'fenara-no-files', releases: [], latest: null, noRelease: 'no-release', ranked: 'never' },
    {
      name: 'fenara-quarantined',
      releases: [{ version: '1.0', carries: [{ seed: 'quarantined', verdict: 'active' }] }],
      latest: null,
      noRelease: 'quarantined',
      ranked: 'never',
    },
    { name: 'Torist.Pre_Release-Only', releases: [before('1.0a1'), before('1.0b10'), before('1.0b2')], latest: '1.0b10' },
    { name: 'torist_post', releases: [{ version: '1.0' }, { version: '1.0.post1' }, before('1.1.dev3')], latest: '1.0.post1' },
    { name: 'Torist.Epoch', releases: [{ version: '2024.1' }, { version: '1!0.1' }], latest: '1!0.1' },
    {
      name: 'pelund-many-wheels',
      releases: [
        {
          version: '3.1.0',
          carries: [SHARED],
          artifacts: [
            { kind: 'wheel', platform: 'cp312-cp312-manylinux_2_17_x86_64', representative: false },
            { kind: 'wheel', platform: 'cp312-cp312-win_amd64', representative: false },
            { kind: 'wheel', platform: 'py3-none-any' },
            { kind: 'sdist', platform: '' },
          ],
        },
      ],
      latest: '3.1.0',
      ranked: 'top',
    },
    {
      name: 'pelund-zip-sdist',
      releases: [{ version: '0.4', artifacts: [{ kind: 'sdist', platform: '', extension: 'zip' }] }],
      latest: '0.4',
    },
    {
      name: 'pelund-wheel-only',
      releases: [{ version: '0.5', artifacts: [{ kind: 'wheel', platform: 'py2.py3-none-any' }] }],
      latest: '0.5',
    },
    {
      name: 'pelund-sdist-tells-more',
      releases: [
        {
          version: '0.6',
          artifacts: [
            { kind: 'wheel', platform: 'py3-none-any' },
            { kind: 'sdist', platform: '', carries: [{ seed: 'in the sdist alone', verdict: 'active' }] },
          ],
        },
      ],
      latest: '0.6',
    },
    { name: 'pelund-newest-without-files', releases: [{ version: '1.0' }, { version: '2.0', artifacts: [] }], latest: '1.0' },
  ],
  npm: [
    { name: 'fenara-unpublished', releases: [], latest: null, noRelease: 'unpublished' },
    { name: 'fenara-blocked', releases: [], latest: null, noRelease: 'blocked', ranked: 'never' },
    { name: 'fenara-held', releases: [before('0.0.1-security')], latest: '0.0.1-security', tiny: true },
    {
      name: 'torist-tag-behind',
      releases: [
        { version: '1.4.2', carries: [SHARED] },
        { version: '2.0.0' },
        { version: '2.0.1', carries: [{ seed: 'beyond the tag', verdict: 'active' }] },
      ],
      latest: '1.4.2',
      ranked: 'top',
    },
    { name: 'torist-prerelease-only', releases: [before('0.1.0-alpha.1'), before('0.1.0-alpha.2')], latest: '0.1.0-alpha.2' },
    { name: 'ToristLegacyCaps', releases: [{ version: '0.0.9' }], latest: '0.0.9', tiny: true },
    { name: '@velmara/-odd_name.js', releases: [{ version: '3.0.0' }], latest: '3.0.0', tiny: true },
    { name: '@velmara/pelund-shared', releases: [{ version: '0.2.0', carries: [SHARED] }], latest: '0.2.0' },
    {
      name: '@velmara/pelund-shared-too',
      releases: [{ version: '0.2.1', carries: [SHARED, { seed: 'beside the shared one', verdict: 'canary' }] }],
      latest: '0.2.1',
    },
  ],
};

function withdrawn(version: string): ReleasePlan {
  return { version, withdrawn: true, carries: [{ seed: `withdrawn ${version}`, verdict: 'active' }] };
}

function before(version: string): ReleasePlan {
  return { version, prerelease: true };
}

/** `only`: the one that is not withdrawn. */
function manyVersions(count: number, only: string | null = null): ReleasePlan[] {
  return Array.from({ length: count }, (_, minor) => {
    const version = `1.${minor}.0`;
    return { version, withdrawn: only !== null && version !== only };
  });
}
