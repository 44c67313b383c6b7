import { type Action, actions, problem, sentenceOf, signedInActions, visitorActions } from '@symbolon/contract';
import { z } from 'zod';
import { type DicomWebRoute, mediaTypesOf } from '../dicomweb/index.ts';
import type { FileRoute } from './files.ts';

/** What a route says of itself when it is wired. */
export type DescribedRoute = {
  readonly method: string;
  readonly url: string;
  readonly action: Action;
  readonly byLink: boolean;
  readonly params?: z.ZodType | undefined;
  readonly querystring?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly response?: Readonly<Record<string, z.ZodType>> | undefined;
};

type Json = Record<string, unknown>;

/** As JSON Schema 2020-12, which is what OpenAPI 3.1 speaks; `input`: as it is sent to the exchange. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Json;
  return schema;
}

function parametersOf({ url, params, querystring }: DescribedRoute): Json[] {
  const described = (type: z.ZodType | undefined): Record<string, Json> =>
    type === undefined ? {} : ((schemaOf(type, 'input').properties as Record<string, Json>) ?? {});
  const inPath = described(params);
  const names = [...url.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name as string);
  const required = new Set(querystring ? ((schemaOf(querystring, 'input').required as string[]) ?? []) : []);
  return [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: inPath[name] ?? { type: 'string' } })),
    ...Object.entries(described(querystring)).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.has(name),
      schema,
    })),
  ];
}

/** What is needed for it, in words: the permission, and the narrower ones that are enough for some of it. */
function needs({ action, byLink }: DescribedRoute): string {
  if (byLink) return 'For who opened the link in this browser.';
  if (visitorActions.includes(action)) return 'Needs no sign-in.';
  if (signedInActions.includes(action)) return 'Needs a sign-in, and no permission.';
  const narrower = actions[action].map((qualifier) => `\`${action}.${qualifier}\``);
  const some = narrower.length === 0 ? '' : ` Qualified: ${narrower.join(', ')}.`;
  return `Needs the permission \`${action}\`.${some}`;
}

const words = (text: string): string[] => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `GET /api/v1/studies/:studyId/links` → `getStudiesStudyIdLinks`. */
const operationId = ({ method, url }: DescribedRoute): string =>
  method.toLowerCase() +
  words(url.replace(/^\/api\/v1/, ''))
    .map(capital)
    .join('');

const ofTypes = (types: readonly string[]): Json =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', contentMediaType: type } }]));

/** What is not said in schemas: parameters, media types and statuses. */
function dicomWebOperation(
  route: DicomWebRoute,
  schemas: Readonly<Record<string, z.ZodType>>,
): { parameters: Json[]; rest: Json } {
  const { takes, query, statuses } = route;
  const contentOf = (types: readonly string[]): Json =>
    types.includes('application/problem+json')
      ? { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
      : ofTypes(types);
  const described = Object.entries(statuses).map(([status, description]) => {
    const types = mediaTypesOf(route, status);
    const schema = schemas[status];
    if (schema)
      return [status, { description, content: { 'application/json': { schema: schemaOf(schema, 'output') } } }];
    return [status, types.length === 0 ? { description } : { description, content: contentOf(types) }];
  });
  return {
    parameters: query.map(({ name, says, example }) => ({
      name,
      in: 'query',
      required: false,
      description: says,
      schema: { type: 'string' },
      ...(example !== undefined && { example }),
    })),
    rest: {
      ...(takes && { requestBody: { required: true, content: ofTypes(takes) } }),
      responses: { ...Object.fromEntries(described), default: { $ref: '#/components/responses/Problem' } },
    },
  };
}

function operationOf(
  route: DescribedRoute,
  examples: Readonly<Record<string, unknown>>,
  dicomWeb: DicomWebRoute | undefined,
  file: FileRoute | undefined,
): Json {
  const { method, url, action, body, response = {}, byLink } = route;
  const example = examples[`${method} ${url}`];
  const ofDicomWeb = dicomWeb && dicomWebOperation(dicomWeb, response);
  const answers = Object.entries(response).map(([status, type]) => [
    status,
    { description: 'Done.', content: { 'application/json': { schema: schemaOf(type, 'output') } } },
  ]);
  return {
    operationId: operationId(route),
    tags: [action.split('.')[0]],
    summary: dicomWeb?.says ?? sentenceOf(action),
    description: needs(route),
    'x-permission': action,
    security: byLink || visitorActions.includes(action) ? [] : [{ token: [] }, { session: [] }],
    parameters: ofDicomWeb
      ? [...parametersOf(route).filter((one) => one.in === 'path'), ...ofDicomWeb.parameters]
      : parametersOf(route),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: schemaOf(body, 'input'), ...(example !== undefined && { example }) },
        },
      },
    }),
    responses: {
      ...(file && { '200': { description: file.says, content: ofTypes([file.type]) } }),
      ...(answers.length === 0 && !file ? { '200': { description: 'Done.' } } : Object.fromEntries(answers)),
      default: { $ref: '#/components/responses/Problem' },
    },
    ...ofDicomWeb?.rest,
  };
}

/**
 * The OpenAPI 3.1 document of these routes. It is made from what the routes themselves check and ask: it cannot say something
 * else than they do. `examples`: bodies; `dicomWeb`: what its routes take and give; `files`: what is answered with a file; by `METHOD path`.
 */
export function openApiDocument(
  routes: readonly DescribedRoute[],
  {
    publicUrl,
    examples,
    dicomWeb,
    files,
  }: {
    readonly publicUrl: string;
    readonly examples: Readonly<Record<string, unknown>>;
    readonly dicomWeb: Readonly<Record<string, DicomWebRoute>>;
    readonly files: Readonly<Record<string, FileRoute>>;
  },
): Json {
  const paths: Record<string, Json> = {};
  for (const { url, ...rest } of routes) {
    const route = { ...rest, url: url.replace('*', ':below') };
    const path = route.url.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(
        route,
        examples,
        dicomWeb[`${route.method} ${url}`],
        files[`${route.method} ${url}`],
      ),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Symbolon exchange',
      version: '1',
      description:
        'The REST API and the DICOMweb services of a Symbolon exchange. What one may not see answers 404, exactly as what is not there.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-symbolon-session', description: 'A browser’s session.' },
      },
      schemas: { Problem: schemaOf(problem, 'output') },
      responses: {
        Problem: {
          description: 'What went wrong, and what to do about it (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
