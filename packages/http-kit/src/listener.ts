/**
 * One HTTP listener that carries several façades by path prefix (Fastify underneath). Gives every answer a request id, verifies
 * tokens, reads bounded bodies, turns whatever is thrown into the façade's fault, answers 405 and OPTIONS, logs, closes gracefully.
 */
import { Readable } from 'node:stream';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Failure, messageOf, type Log, type Random, type Timers } from '@hearth/kernel';
import { perform, type Carrier } from './perform.ts';
import type { Facade, Method, Route } from './facade.ts';
import { ByteStream, NoAnswer, type Answer } from './exchange.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What chooses the port, named when it cannot be had: `--port`. */
  readonly portSetting?: string;
  readonly log: Log;
  readonly random: Random;
  readonly timers: Timers;
  /** Longest time for a request to arrive whole. Default 60 s. */
  readonly requestTimeoutMs?: number;
  /** How long an idle connection is kept. Default 75 s. */
  readonly keepAliveMs?: number;
  /** How long `close` waits for requests under way before it cuts them off. Default 5 s. */
  readonly drainMs?: number;
}

export interface Listener {
  /** Before `listen`. */
  register(facade: Facade): void;
  /** Throws `Failure('configuration')` when the port is taken or not allowed. `url` has no slash at the end. */
  listen(): Promise<{ url: string; port: number }>;
  /** No new requests; those under way are finished; idle connections are closed. Safe to call twice. */
  close(): Promise<void>;
}

const ALL_METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'COPY'];

export function createListener(options: ListenerOptions): Listener {
  const app = fastify({
    logger: false,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    keepAliveTimeout: options.keepAliveMs ?? 75_000,
    forceCloseConnections: 'idle',
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096, querystringParser: () => ({}) },
    frameworkErrors: (_error, _request, reply) =>
      void sendRaw(reply, 400, '{"error":{"code":400,"title":"Bad Request","message":"The URL is malformed."}}'),
  });
  app.addHttpMethod('COPY', { hasBody: true });
  takeBodiesUnread(app);
  let closing: Promise<void> | null = null;
  return {
    register(facade) {
      for (const prefix of facade.prefixes) mount(app, facade, { prefix, log: options.log, random: options.random, clock: options.timers });
    },
    async listen() {
      await app.ready();
      try {
        await app.listen({ host: options.host, port: options.port });
      } catch (error) {
        throw new Failure(
          'configuration',
          `Cannot listen on ${options.host}:${options.port}: ${reasonOf(error, options.portSetting ?? 'the setting')}`,
          { cause: error },
        );
      }
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : options.port;
      const host = options.host.includes(':') ? `[${options.host}]` : options.host;
      return { url: `http://${host}:${port}`, port };
    },
    close() {
      closing ??= drain(app, options);
      return closing;
    },
  };
}

function reasonOf(error: unknown, setting: string): string {
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE') return `the port is in use by another program; choose another with ${setting}, or 0 for any free one`;
  if (code === 'EACCES') return `this account may not use that port; choose one above 1023 with ${setting}`;
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address; choose one of its own';
  return messageOf(error);
}

async function drain(app: FastifyInstance, options: ListenerOptions): Promise<void> {
  const cut = options.timers.at(options.timers.now() + (options.drainMs ?? 5_000), () => app.server.closeAllConnections());
  try {
    await app.close();
  } finally {
    cut();
  }
}

/** Bodies are read by `perform`, after the token was verified and by the façade's own rule; the framework must not look at them. */
function takeBodiesUnread(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', async (request) => {
    const headers = request.raw.headers;
    delete headers['x-hearth-content-type'];
    if (headers['content-type'] === undefined) return;
    headers['x-hearth-content-type'] = headers['content-type'];
    headers['content-type'] = 'application/octet-stream';
  });
}

function mount(app: FastifyInstance, facade: Facade, carrier: Carrier): void {
  const byPath = new Map<string, Map<Method, Route>>();
  for (const route of facade.routes) {
    const methods = byPath.get(route.path) ?? new Map<Method, Route>();
    methods.set(route.method, route);
    byPath.set(route.path, methods);
  }
  app.register(
    (scope, _options, done) => {
      for (const [declared, methods] of byPath) {
        const path = declared === '' && carrier.prefix === '' ? '/' : declared;
        for (const method of ALL_METHODS) {
          const route = methods.get(method);
          if (route === undefined) continue;
          const exposeHeadRoute = method === 'GET' && !methods.has('HEAD');
          scope.route({ method, url: path, exposeHeadRoute, handler: handlerFor(facade, carrier, { kind: 'route', route }) });
        }
        const allow = allowed([...methods.keys()]);
        const rest = ALL_METHODS.filter((method) => !allow.includes(method));
        if (rest.length > 0)
          scope.route({
            method: [...rest],
            url: path,
            exposeHeadRoute: false,
            handler: handlerFor(facade, carrier, { kind: 'not-allowed', allow }),
          });
        scope.route({ method: 'OPTIONS', url: path, handler: handlerFor(facade, carrier, { kind: 'options', allow }) });
      }
      scope.setNotFoundHandler(handlerFor(facade, carrier, { kind: 'no-route' }));
      done();
    },
    { prefix: carrier.prefix },
  );
}

const allowed = (methods: readonly Method[]): readonly string[] =>
  methods.includes('GET') && !methods.includes('HEAD') ? ['GET', 'HEAD', ...methods.filter((m) => m !== 'GET')] : methods;

function handlerFor(facade: Facade, carrier: Carrier, target: Parameters<typeof perform>[2]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(reply, await perform(facade, carrier, target, request));
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.body instanceof NoAnswer) {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  reply.code(answer.status);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  const { body } = answer;
  if (body === undefined) {
    // The framework takes the type off answers that cannot have a body; real services name one there too.
    const type = reply.getHeader('content-type');
    if (typeof type === 'string') reply.raw.setHeader('Content-Type', type);
    return reply.send();
  }
  if (body instanceof ByteStream) return reply.send(Readable.from(body.bytes, { objectMode: false }));
  if (body instanceof Uint8Array) {
    if (!reply.hasHeader('content-type')) reply.header('Content-Type', 'application/octet-stream');
    return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  }
  if (typeof body === 'string') {
    if (!reply.hasHeader('content-type')) reply.header('Content-Type', 'text/plain; charset=utf-8');
    return reply.send(body);
  }
  if (!reply.hasHeader('content-type')) reply.header('Content-Type', 'application/json');
  return reply.serializer(asText).send(JSON.stringify(body));
}

const asText = (payload: unknown): string => payload as string;

function sendRaw(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('Content-Type', 'application/json').serializer(asText).send(text);
}
