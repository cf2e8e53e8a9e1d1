/** What every service's stand-in does with requests and answers. */
import type { Answer } from '../../../crawler/stand-in/server.ts';
import type { ServiceRequest } from '../service-stand-in.ts';

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(value) };
}

export function textAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

export function htmlAnswer(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body: `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  };
}

export function xmlAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/xml', ...headers }, body };
}

/** What follows the scheme in the Authorization header (`Bearer`, `Bot`, `Token`, …; any case), or null. */
export function authorization(request: ServiceRequest, scheme: string): string | null {
  const header = request.headers['authorization'] ?? '';
  if (!header.toLowerCase().startsWith(`${scheme.toLowerCase()} `)) return null;
  return header.slice(scheme.length + 1).trim();
}

/** User name and password of Basic authentication, or null. */
export function basic(request: ServiceRequest): { readonly user: string; readonly password: string } | null {
  const encoded = authorization(request, 'basic');
  if (encoded === null) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Fields of a form body. */
export function form(request: ServiceRequest): URLSearchParams {
  return new URLSearchParams(request.body);
}

/** Whether the request is this method and path (exact, still percent-encoded). */
export function is(request: ServiceRequest, method: string, path: string): boolean {
  return request.method === method && request.path === path;
}
