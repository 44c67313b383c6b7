import { paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';

/** A figure that goes up and down. Seconds, bytes and counts, as its name says; labels hold no identity. */
export type Figure = {
  readonly name: string;
  readonly help: string;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
};

/** Figures in the Prometheus text format, version 0.0.4: those of one name beside each other, under one line of help. */
function metricsText(figures: readonly Figure[]): string {
  const lines: string[] = [];
  for (const [name, same] of Map.groupBy(figures, (figure) => `symbolon_${figure.name}`)) {
    lines.push(`# HELP ${name} ${same[0]?.help}`, `# TYPE ${name} gauge`);
    for (const { value, labels = {} } of same) {
      const text = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
      lines.push(`${name}${text.length === 0 ? '' : `{${text.join(',')}}`} ${value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What a monitoring system asks every minute, with the token of somebody who may see it. */
export function metricsRoute(app: FastifyInstance, figures: () => Promise<readonly Figure[]>): void {
  app.get(paths.metrics, { config: { action: 'metrics.view' } }, async (_, reply) => {
    reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8');
    return metricsText(await figures());
  });
}
