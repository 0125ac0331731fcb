import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { resourcesOfType, type Template } from './readTemplate.ts';
import type { Resolve } from './resolveTemplate.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Sends a file of the built portal; a path without a file extension is one of its own addresses: its one page. */
export async function serveWeb(response: ServerResponse, directory: string, path: string): Promise<void> {
  const file = fileOf(directory, path.split('/').at(-1)?.includes('.') ? path : '/index.html');
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || found?.isFile() !== true) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page\n');
    return;
  }
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': 'no-cache',
  });
  await pipeline(createReadStream(file), response);
}

/** The file that a path means, or undefined when it lies outside or is no path. */
function fileOf(directory: string, path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    const file = normalize(join(directory, decoded));
    return file.startsWith(normalize(directory) + sep) && !decoded.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}

const HeadersPolicy = z.object({
  ResponseHeadersPolicyConfig: z.object({
    CustomHeadersConfig: z
      .object({ Items: z.array(z.object({ Header: z.string(), Value: z.string() })) })
      .prefault({ Items: [] }),
    SecurityHeadersConfig: z.object({
      ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.string() }),
      ContentTypeOptions: z.object({}).optional(),
      FrameOptions: z.object({ FrameOption: z.string() }).optional(),
      ReferrerPolicy: z.object({ ReferrerPolicy: z.string() }).optional(),
    }),
  }),
});

/**
 * The headers that the template's distribution adds to every answer. Strict-Transport-Security is left out: it must
 * not be sent over plain HTTP (RFC 6797 §7.2).
 */
export function responseHeaders(template: Template, resolve: Resolve): Record<string, string> {
  const [policy] = resourcesOfType(template, 'AWS::CloudFront::ResponseHeadersPolicy');
  if (policy === undefined) throw new Error('Cannot run the template: it holds no response headers policy');
  const { CustomHeadersConfig, SecurityHeadersConfig: security } = HeadersPolicy.parse(
    resolve(policy.properties),
  ).ResponseHeadersPolicyConfig;
  return {
    'content-security-policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
    ...(security.ContentTypeOptions && { 'x-content-type-options': 'nosniff' }),
    ...(security.FrameOptions && { 'x-frame-options': security.FrameOptions.FrameOption }),
    ...(security.ReferrerPolicy && { 'referrer-policy': security.ReferrerPolicy.ReferrerPolicy }),
    ...Object.fromEntries(CustomHeadersConfig.Items.map(({ Header, Value }) => [Header.toLowerCase(), Value])),
  };
}
