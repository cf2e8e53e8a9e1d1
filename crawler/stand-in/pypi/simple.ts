/** PyPI's simple API in its two forms, and the choice between them. */
import type { Answer } from '../server.ts';
import { PUBLIC_FILES, simpleFile, type PypiFile } from './project.ts';

const JSON_V1 = 'application/vnd.pypi.simple.v1+json';
const HTML_V1 = 'application/vnd.pypi.simple.v1+html';

export interface Root {
  readonly serial: number;
  readonly apiVersion: string;
  /** Anything, so that a test may list what is no project. */
  readonly projects: readonly { readonly name: string; readonly serial: number }[];
  readonly strays: readonly unknown[];
}

export interface Detail {
  readonly name: string;
  readonly serial: number;
  readonly apiVersion: string;
  readonly status: 'active' | 'archived' | 'quarantined';
  readonly versions: readonly string[];
  readonly files: readonly PypiFile[];
}

/** The form that `Accept` asks for. PyPI never refuses: what matches nothing gets `text/html`. */
export function formOf(accept: string | undefined, format: string | null): string {
  if (format !== null) return [JSON_V1, HTML_V1].find((type) => type === format) ?? 'text/html';
  const wishes = (accept ?? '').split(',').map((wish) => {
    const [type = '', ...parameters] = wish.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type: type.toLowerCase(), weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  const best = wishes
    .filter(({ type, weight }) => weight > 0 && ['text/html', HTML_V1, JSON_V1].includes(type))
    .sort((a, b) => b.weight - a.weight)[0];
  return best?.type ?? 'text/html';
}

export function renderRoot(root: Root, form: string): Answer {
  if (form !== JSON_V1) {
    const links = root.projects.map(
      ({ name }) => `<a href="/simple/${name.toLowerCase().replace(/[-_.]+/g, '-')}/">${escape(name)}</a>`,
    );
    return page(form, root, htmlPage('Simple index', root.apiVersion, links));
  }
  const projects = [...root.projects.map(({ name, serial }) => ({ '_last-serial': serial, name })), ...root.strays];
  return page(form, root, JSON.stringify({ meta: { '_last-serial': root.serial, 'api-version': root.apiVersion }, projects }));
}

export function renderDetail(detail: Detail, form: string): Answer {
  if (form !== JSON_V1) {
    const links = detail.files.map((file) => {
      const yanked = file.yanked ? ' data-yanked="broken"' : '';
      return `<a href="${PUBLIC_FILES}${file.path}#sha256=${file.sha256}" data-requires-python="&gt;=3.9"${yanked}>${escape(file.filename)}</a>`;
    });
    return page(form, detail, htmlPage(`Links for ${escape(detail.name)}`, detail.apiVersion, links));
  }
  const body = {
    files: detail.files.map(simpleFile),
    meta: { '_last-serial': detail.serial, 'api-version': detail.apiVersion },
    name: detail.name,
    'project-status': { status: detail.status },
    versions: detail.versions,
  };
  return page(form, detail, JSON.stringify(body));
}

function page(form: string, { serial }: { readonly serial: number }, body: string): Answer {
  return {
    status: 200,
    headers: {
      'content-type': form === 'text/html' ? 'text/html; charset=UTF-8' : form,
      'x-pypi-last-serial': String(serial),
      vary: 'Accept',
      'cache-control': 'max-age=600, public',
    },
    body,
  };
}

function htmlPage(title: string, version: string, links: readonly string[]): string {
  return `<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="${version}">\n    <title>${title}</title>\n  </head>\n  <body>\n${links.join('<br />\n')}\n  </body>\n</html>\n`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
