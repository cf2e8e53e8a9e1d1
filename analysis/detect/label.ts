/** What a path says about a place. A label for people and for the statistics; nothing is ever left out because of it. */
import type { PlaceLabel } from '../../data/model.ts';

interface Sign {
  readonly label: PlaceLabel;
  /** Names of folders, in lower case. */
  readonly folders?: readonly string[];
  /** The file's name, in lower case. */
  readonly file?: RegExp;
}

/** The first sign that fits names the place: what is vendored is vendored, whatever stands in it. */
const SIGNS: readonly Sign[] = [
  {
    label: 'vendored',
    folders: [
      'node_modules',
      'vendor',
      'vendored',
      '_vendor',
      'third_party',
      'third-party',
      'site-packages',
      'bower_components',
      'external',
      'extern',
    ],
  },
  {
    label: 'test',
    folders: [
      'test',
      'tests',
      '__tests__',
      'spec',
      'specs',
      'fixtures',
      '__fixtures__',
      'testdata',
      'test-data',
      'cassettes',
      '__mocks__',
      'mocks',
      'e2e',
      'features',
    ],
    file: /(?:^test_|[._-](?:test|tests|spec|e2e|fixture)\.[a-z0-9]+$|_spec\.rb$|^conftest\.py$)/,
  },
  {
    label: 'metadata',
    folders: ['meta-inf'],
    file: /^(?:package\.json|npm-shrinkwrap\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|gemfile\.lock|poetry\.lock|pkg-info|metadata(?:\.gz)?|metadata\.json|record|wheel|entry_points\.txt|.*\.nuspec|.*\.gemspec|\.signature\.p7s|\[content_types\]\.xml|.*\.psmdcp|checksums\.yaml(?:\.gz)?)$/,
  },
  {
    label: 'configuration',
    folders: ['.github', '.circleci', '.aws', '.vscode', '.idea', '.git', '.docker', 'config', 'conf', '.gitlab'],
    file: /^(?:\.env(?:[._-].*)?|.*\.env|\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.netrc|_netrc|pip\.conf|pip\.ini|nuget\.config|appsettings(?:\..*)?\.json|web\.config|app\.config|.*\.(?:ini|cfg|conf|toml|ya?ml|properties|tfvars|tfstate|plist)|dockerfile|docker-compose.*|\.dockercfg|\.?dockerconfigjson|jenkinsfile|\.travis\.yml|credentials|secrets?\.json|config\.json)$/,
  },
  {
    label: 'documentation',
    folders: [
      'doc',
      'docs',
      'documentation',
      'example',
      'examples',
      'sample',
      'samples',
      'demo',
      'demos',
      'tutorial',
      'tutorials',
      'man',
    ],
    file: /(?:^(?:readme|changelog|changes|history|news|contributing|licen[cs]e|authors|security|notice|copying)(?:\..*)?$|\.(?:md|mdx|markdown|rst|adoc|asciidoc|rdoc|txt|html?)$)/,
  },
  {
    label: 'build-output',
    folders: [
      'dist',
      'build',
      'out',
      'output',
      'umd',
      'esm',
      'cjs',
      'bundle',
      'bundles',
      'bin',
      'obj',
      'release',
      'debug',
      '.next',
      '__pycache__',
    ],
    file: /(?:\.min\.(?:js|css|mjs|cjs)|\.bundle\.js|\.map|\.pyc|\.pyo|\.dll|\.exe|\.so(?:\..*)?|\.dylib|\.pyd|\.node|\.class|\.jar|\.wasm|\.pdb|\.o|\.a)$/,
  },
];

/**
 * The label of an entry by its path: one element per nesting level, the first of which is the artifact's own file name
 * and says nothing.
 */
export function labelOf(path: readonly string[]): PlaceLabel {
  const segments = path
    .slice(1)
    .join('/')
    .toLowerCase()
    .split(/[/\\]/)
    .filter((segment) => segment !== '' && segment !== '.');
  const file = segments.pop() ?? '';
  // npm wraps every artifact in a folder `package`: no sign of anything at the top.
  const folders = segments[0] === 'package' ? segments.slice(1) : segments;
  for (const sign of SIGNS) {
    if (sign.file?.test(file) || folders.some((folder) => isFolder(sign, folder))) return sign.label;
  }
  return 'source';
}

function isFolder({ label, folders }: Sign, folder: string): boolean {
  // Python's metadata folders are named after the package and its version.
  if (label === 'metadata' && /\.(?:dist-info|egg-info)$/.test(folder)) return true;
  return folders?.includes(folder) ?? false;
}
