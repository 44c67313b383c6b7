import type { FastifyInstance } from 'fastify';

/** `/api/v1/studies/:studyId` → what its addresses look like; `*` stands for whatever is left. */
const shapeOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(/(:[A-Za-z]+|\*)/)
      .map((part) =>
        part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
  );

/**
 * With which methods something is at an address, of the routes that are added from now on: for who asked with another one. What
 * can be asked of whatever is below an address (`*`) makes nothing be there by itself.
 */
export function methodsAt(app: FastifyInstance): (url: string) => string[] {
  const routes = new Map<string, { readonly shape: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { shape: shapeOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  return (url) => {
    const [path = ''] = url.split('?', 1);
    const found = [...routes].flatMap(([template, route]) =>
      route.shape.test(path) ? [{ ...route, ofAll: template.endsWith('*') }] : [],
    );
    if (found.every(({ ofAll }) => ofAll)) return [];
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted();
  };
}
