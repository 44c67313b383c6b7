import { xmlQuoted, xmlText } from '@symbolon/dicom';
import { type DescribedResource, transactionOf } from './described-resources.ts';
import { type DicomWebRoute, mediaTypesOf } from './described-routes.ts';

/** A description as elements; JSON and XML are two spellings of it. */
type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text?: string;
};

const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly Element[] = [],
): Element => ({ name, attributes, children });
const doc = (text: string): Element => ({ name: 'doc', attributes: {}, children: [], text });
const representation = (mediaType: string): Element => element('representation', { mediaType });

/** `/studies/:study/series` → `studies/{study}/series`. */
const templateOf = (path: string): string => path.slice(1).replace(/:([A-Za-z]+)/g, '{$1}');
const templateParameters = (path: string): Element[] =>
  [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) =>
    element('param', { name: name as string, style: 'template', type: 'xsd:string', required: 'true' }),
  );

function methodOf(method: string, path: string, route: DicomWebRoute): Element {
  const { says, takes = [], gives, query, statuses } = route;
  const [first = '*/*'] = gives;
  const options = gives.map((value) => element('option', { value }));
  return element('method', { name: method, id: transactionOf(method, path) }, [
    doc(says),
    element('request', {}, [
      element('param', { name: 'Accept', style: 'header', type: 'xsd:string', default: first }, options),
      ...query.map(({ name, says: what }) =>
        element('param', { name, style: 'query', type: 'xsd:string' }, [doc(what)]),
      ),
      ...takes.map(representation),
    ]),
    ...Object.entries(statuses).map(([status, why]) =>
      element('response', { status }, [doc(why), ...mediaTypesOf(route, status).map(representation)]),
    ),
  ]);
}

/** `from`: the path above it, which its own address does not say again. */
function resourceOf({ path, methods, children }: DescribedResource, from: string): Element {
  const own = path.slice(from.length);
  return element('resource', { path: templateOf(own) }, [
    ...templateParameters(own),
    ...methods.map(([method, route]) => methodOf(method, path, route)),
    ...children.map((child) => resourceOf(child, path)),
  ]);
}

/**
 * The Capabilities Description of a resource and of all below it. Source: PS3.18 Annex H; Web Application Description Language,
 * W3C Member Submission of 31 August 2009.
 */
function descriptionOf(base: string, resource: DescribedResource): Element {
  const described = resource.path === '' ? resource.children : [resource];
  return element(
    'application',
    { xmlns: 'http://wadl.dev.java.net/2009/02', 'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema' },
    [
      element(
        'resources',
        { base },
        described.map((one) => resourceOf(one, '')),
      ),
    ],
  );
}

function xmlOf({ name, attributes, children, text }: Element): string {
  const head = Object.entries(attributes)
    .map(([key, value]) => ` ${key}=${xmlQuoted(value)}`)
    .join('');
  const body = text === undefined ? children.map(xmlOf).join('') : xmlText(text);
  return body === '' ? `<${name}${head}/>` : `<${name}${head}>${body}</${name}>`;
}

/** Attributes and texts by their names; what there may be several of as a list. */
function jsonOf({ attributes, children }: Element): Readonly<Record<string, unknown>> {
  const own = Object.entries(attributes).filter(([key]) => !key.startsWith('xmlns'));
  const lists = Map.groupBy(children, ({ name }) => name);
  const single = new Set(['doc', 'request', 'resources']);
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(
      [...lists].map(([name, some]) => {
        const [first] = some as [Element];
        return [name, name === 'doc' ? first.text : single.has(name) ? jsonOf(first) : some.map(jsonOf)];
      }),
    ),
  };
}

export const wadlXml = (base: string, resource: DescribedResource): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${xmlOf(descriptionOf(base, resource))}`;

export const wadlJson = (base: string, resource: DescribedResource): string =>
  JSON.stringify({ application: jsonOf(descriptionOf(base, resource)) });
