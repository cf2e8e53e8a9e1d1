/** The files of a release, and the kinds of file in which developers leave tokens behind. */
import type { RegistryId } from '../../../data/model.ts';
import { zipOf } from '../pack/containers.ts';
import type { Plant, WorldFile } from '../world.ts';
import { assemblyOf } from './assembly.ts';
import type { Draw } from './draw.ts';
import { word } from './names.ts';

/** What a file is made from. */
interface Setting {
  readonly name: string;
  /** The name as a folder or module would have it. */
  readonly module: string;
  readonly draw: Draw;
}

type Holder = (snippet: string, setting: Setting) => WorldFile;

/** Where the n-th plant of a registry goes. Files that quote or join lines take only tokens of one part: see `holderFor`. */
const HOLDERS: Readonly<Record<RegistryId, readonly [Holder, ...Holder[]]>> = {
  rubygems: [rubySource, yamlSettings, dotEnv, readme, rubySpec, jsonSettings],
  nuget: [assembly, jsonSettings, archive('tools/server.jar', 'conf/server.properties'), minified, readme, powershell],
  pypi: [pythonSource, jsonSettings, dotEnv, readme, archive('data/fixtures.zip', 'fixtures/settings.ini'), yamlSettings],
  npm: [script, minified, jsonSettings, dotEnv, readme, archive('backup/site.zip', 'site/config.php'), yamlSettings],
};
const REWRITING: ReadonlySet<Holder> = new Set([jsonSettings, minified]);

/**
 * The files of a release that carries `plants`. `nextTurn` counts the plants of the registry, so that they go
 * through all kinds of file. Tiny releases have one file beside those of their plants.
 */
export function filesOf(
  registry: RegistryId,
  name: string,
  plants: readonly Plant[],
  nextTurn: () => number,
  tiny: boolean,
  draw: Draw,
): WorldFile[] {
  const setting: Setting = { name, module: name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+(?=.)/, ''), draw };
  const files = tiny ? [mainFile(registry, setting)] : ordinaryFiles(registry, setting);
  for (const plant of plants) {
    const file = holderFor(registry, plant, nextTurn())(plant.snippet, setting);
    files.push({ ...file, path: freePath(file.path, files) });
  }
  return files;
}

function holderFor(registry: RegistryId, plant: Plant, turn: number): Holder {
  const all = HOLDERS[registry];
  // A pair is recognised by what stands around its parts, which quoting and joining lines would change.
  const usable = plant.secrets.length > 1 ? all.filter((holder) => !REWRITING.has(holder)) : all;
  return usable[turn % usable.length] ?? all[0];
}

function freePath(path: string, files: readonly WorldFile[]): string {
  const taken = new Set(files.map((file) => file.path));
  for (let count = 2; taken.has(path); count += 1) path = path.replace(/(?:-\d+)?(?=(?:\.[^./]*)?$)/, `-${count}`);
  return path;
}

function mainFile(registry: RegistryId, setting: Setting): WorldFile {
  switch (registry) {
    case 'rubygems':
      return {
        path: `lib/${setting.module}.rb`,
        content: `module ${capital(setting.module)}\n  NOTE = "${prose(setting.draw)}"\nend\n`,
      };
    case 'nuget':
      return { path: `content/${setting.module}.txt`, content: `${prose(setting.draw)}\n` };
    case 'pypi':
      return { path: `${setting.module}/__init__.py`, content: `"""${prose(setting.draw)}"""\n` };
    default:
      return { path: 'index.js', content: `// ${prose(setting.draw)}\nmodule.exports = ${setting.draw.int(1000)};\n` };
  }
}

function ordinaryFiles(registry: RegistryId, setting: Setting): WorldFile[] {
  const { draw, module } = setting;
  const files = [
    mainFile(registry, setting),
    { path: 'LICENSE.txt', content: `MIT License\n\n${prose(draw)}\n${prose(draw)}\n` },
  ];
  if (registry === 'nuget') {
    const strings = Array.from({ length: 3 + draw.int(5) }, () => prose(draw));
    files.push({ path: `lib/net8.0/${module}.Core.dll`, content: assemblyOf(`${module}.Core`, strings) });
  }
  if (registry === 'npm' && draw.chance(40)) files.push({ path: `dist/${module}.min.js`, content: bundle(draw, '') });
  if (draw.chance(60)) files.push({ path: 'CHANGELOG.md', content: `# Changes\n\n- ${prose(draw)}\n- ${prose(draw)}\n` });
  return files;
}

function rubySource(snippet: string, { module, draw }: Setting): WorldFile {
  return { path: `lib/${module}/client.rb`, content: `# ${prose(draw)}\nmodule ${capital(module)}\n${snippet}\nend\n` };
}

function rubySpec(snippet: string, { module, draw }: Setting): WorldFile {
  return { path: `spec/${module}_spec.rb`, content: `describe "${prose(draw)}" do\n${snippet}\nend\n` };
}

function pythonSource(snippet: string, { module, draw }: Setting): WorldFile {
  return { path: `${module}/settings.py`, content: `# ${prose(draw)}\nDEBUG = True\n${snippet}\nTIMEOUT = ${draw.int(90)}\n` };
}

function script(snippet: string, { draw }: Setting): WorldFile {
  return { path: 'lib/client.js', content: `'use strict';\n// ${prose(draw)}\n${snippet}\nmodule.exports = {};\n` };
}

function minified(snippet: string, { module, draw }: Setting): WorldFile {
  return { path: `content/${module}.bundle.min.js`, content: bundle(draw, snippet.trim().replace(/\s*\n\s*/g, ';')) };
}

function jsonSettings(snippet: string, { draw }: Setting): WorldFile {
  const lines = snippet.split('\n').filter((line) => line.trim() !== '');
  return {
    path: 'config/settings.json',
    content: `${JSON.stringify({ comment: prose(draw), lines, retries: draw.int(9) }, null, 2)}\n`,
  };
}

function yamlSettings(snippet: string, { draw }: Setting): WorldFile {
  return { path: 'config/settings.yml', content: `# ${prose(draw)}\nproduction:\n  retries: ${draw.int(9)}\n${snippet}\n` };
}

function dotEnv(snippet: string, { draw }: Setting): WorldFile {
  return { path: '.env', content: `# ${prose(draw)}\n${snippet}\nLOG_LEVEL=debug\n` };
}

function readme(snippet: string, { name, draw }: Setting): WorldFile {
  return { path: 'README.md', content: `# ${name}\n\n${prose(draw)}\n\n\`\`\`\n${snippet}\n\`\`\`\n` };
}

function powershell(snippet: string, { draw }: Setting): WorldFile {
  return { path: 'tools/install.ps1', content: `param($installPath)\r\n# ${prose(draw)}\r\n${snippet}\r\n` };
}

function assembly(snippet: string, { module, draw }: Setting): WorldFile {
  return { path: `lib/net8.0/${module}.dll`, content: assemblyOf(module, [prose(draw), snippet, prose(draw)]) };
}

function archive(path: string, inner: string): Holder {
  return (snippet, { draw }) => {
    const files = [
      { path: 'notes.txt', content: `${prose(draw)}\n` },
      { path: inner, content: `; ${prose(draw)}\n${snippet}\n` },
    ];
    return { path, content: zipOf(files) };
  };
}

/** One line of some kilobytes, as bundlers write them. */
function bundle(draw: Draw, statement: string): string {
  const half = () =>
    Array.from({ length: 40 + draw.int(60) }, () => `function ${word(draw)}(e,t){return e[t]||"${word(draw)}"}`).join('');
  return `!function(){"use strict";${half()};${statement};${half()}}();`;
}

function prose(draw: Draw): string {
  const words = Array.from({ length: 5 + draw.int(8) }, () => word(draw));
  return `${capital(words.join(' '))}.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
