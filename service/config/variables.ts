import type * as z from 'zod'
import { levels } from './levels.ts'
import {
  absolutePath,
  address,
  loopback,
  oneOf,
  networks,
  optionalPath,
  secret,
  truth,
  whole,
} from './values.ts'

interface Variable {
  schema: z.ZodType<unknown, string | undefined>
  /** What an unset or empty variable means, as one would write it. */
  fallback?: string
  /** How the table shows a default that is worked out at start. */
  shown?: string
  doc: string
}

/** Every environment variable the service reads: its schema, default and documentation. */
export const variables = {
  ENVIRONMENT: {
    schema: oneOf(['production', 'staging', 'development', 'test']),
    fallback: 'development',
    doc: 'Where the service runs. `production` and `staging` require `SECRET_KEY` and never show a stack trace.',
  },
  SECRET_KEY: {
    schema: secret,
    doc: 'The application secret, at least 32 characters. Also taken from the systemd credential `secret_key`.',
  },
  SECRET_KEY_FILE: {
    schema: optionalPath,
    doc: 'File that holds the application secret; instead of `SECRET_KEY`.',
  },
  DEBUG: { schema: truth, fallback: 'false', doc: 'Log at level `debug` unless `LOG_LEVEL` says otherwise.' },
  HOST: { schema: address, fallback: '127.0.0.1', doc: 'Address of the public listener.' },
  PORT: {
    schema: whole(0, 65_535),
    fallback: '5000',
    doc: 'Port of the public listener; 0 takes any free one.',
  },
  WORKERS: { schema: whole(1, 256), fallback: '4', doc: 'Worker processes.' },
  WORKER_MAX_REQUESTS: {
    schema: whole(0, 1e9),
    fallback: '100000',
    doc: 'Requests after which a worker is replaced; 0 for never.',
  },
  WORKER_MAX_REQUESTS_JITTER: {
    schema: whole(0, 1e9),
    fallback: '10000',
    doc: 'Up to this many more requests, drawn for each worker, so that they do not all leave at once.',
  },
  WORKER_MAX_MEMORY_MB: {
    schema: whole(0, 1e6),
    fallback: '300',
    doc: 'Resident memory in MiB above which a worker is replaced; 0 for no mark.',
  },
  REQUEST_TIMEOUT_SECONDS: {
    schema: whole(1, 3600),
    fallback: '30',
    doc: 'Time for a request to arrive, and again for its answer.',
  },
  KEEP_ALIVE_SECONDS: {
    schema: whole(1, 3600),
    fallback: '75',
    doc: 'How long an idle connection is kept. Longer than nginx keeps its own (60 s), so that nginx is the one to close.',
  },
  STOP_TIMEOUT_SECONDS: {
    schema: whole(1, 3600),
    fallback: '25',
    doc: 'Time for requests under way to finish on stop and on replacement. Less than systemd `TimeoutStopSec`.',
  },
  BODY_LIMIT_BYTES: { schema: whole(1, 1e8), fallback: '65536', doc: 'Largest body of `POST /api/echo`.' },
  BODY_DEPTH_LIMIT: { schema: whole(1, 1000), fallback: '32', doc: 'Deepest nesting of that body.' },
  API_RATE_LIMIT: {
    schema: whole(0, 1e9),
    fallback: '0',
    doc: 'Requests a minute that one client may make to `/api/` of one worker; 0 for no limit (nginx has its own).',
  },
  TRUSTED_PROXIES: {
    schema: networks,
    fallback: '',
    shown: 'none',
    doc: 'Addresses and networks of proxies, separated by commas, whose `X-Forwarded-*` and `X-Request-Id` count, besides loopback.',
  },
  LOG_LEVEL: {
    schema: oneOf(levels).optional(),
    shown: '`info`, `debug` with `DEBUG`',
    doc: 'Least severe level that is logged. Can be changed at run time through the admin API.',
  },
  LOG_FILE: {
    schema: optionalPath,
    doc: 'Log file for all records, besides standard output, e.g. `/var/log/coderco-app/service.log`.',
  },
  ERROR_LOG_FILE: {
    schema: optionalPath,
    doc: 'Log file for errors alone, e.g. `/var/log/coderco-app/service-error.log`.',
  },
  AUDIT_LOG_FILE: {
    schema: optionalPath,
    doc: 'Log file for changes made through the admin API. They are in the log either way.',
  },
  ADMIN_SOCKET: {
    schema: optionalPath,
    shown: '`admin.sock` in `RUNTIME_DIRECTORY`, if systemd sets it and `ADMIN_PORT` is not set',
    doc: 'Unix socket of the admin API, e.g. `/run/coderco-app/admin.sock`; instead of `ADMIN_HOST` and `ADMIN_PORT`.',
  },
  ADMIN_HOST: { schema: loopback, fallback: '127.0.0.1', doc: 'Loopback address of the admin API.' },
  ADMIN_PORT: {
    schema: whole(0, 65_535).optional(),
    shown: '`5001`',
    doc: 'Port of the admin API; 0 takes any free one.',
  },
  ADMIN_TOKEN_FILE: {
    schema: optionalPath,
    doc: 'File with the token of the admin API, at least 32 characters, not readable by others. Also taken from the systemd credential `admin_token`. Without a token there is no admin API.',
  },
  RELEASES_DIR: {
    schema: optionalPath,
    shown: 'two levels above the running file, if that is called `releases`',
    doc: 'Directory that holds one directory for each release.',
  },
  STATE_DIR: {
    schema: optionalPath,
    shown: '`STATE_DIRECTORY`, if systemd sets it',
    doc: 'Directory in which maintenance mode and the plotted hour outlive a restart.',
  },
  DISK_PATH: {
    schema: absolutePath,
    fallback: '/',
    doc: 'A path on the file system whose space is reported.',
  },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof variables

export type Config = { [K in VariableName]: z.output<(typeof variables)[K]['schema']> }

/** The table of `service/README.md`. */
export function variableTable(): string {
  const rows = Object.entries<Variable>(variables).map(([name, variable]) => {
    const fallback = variable.fallback === undefined ? '' : `\`${variable.fallback}\``
    return `| \`${name}\` | ${variable.shown ?? fallback} | ${variable.doc} |`
  })
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
