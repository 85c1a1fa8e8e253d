import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * nginx before a server on this machine, as the role nginx sets it up but for what would only measure nginx: without TLS,
 * compression and limits. One access log, as there.
 */
export function startNginx(directory: string, port: number, upstream: number): ChildProcess {
  mkdirSync(join(directory, 'temporary'), { recursive: true })
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, configuration(directory, port, upstream))
  return spawn('nginx', ['-c', file, '-p', directory, '-e', join(directory, 'error.log')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })
}

function configuration(directory: string, port: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
pid ${directory}/nginx.pid;
worker_processes auto;
events { worker_connections 4096; multi_accept on; }
http {
  ${temporary.map((name) => `${name}_temp_path ${directory}/temporary/${name};`).join(' ')}
  access_log ${directory}/access.log;
  keepalive_requests 1000;
  upstream service { zone service 64k; server 127.0.0.1:${upstream}; keepalive 32; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Request-ID $request_id;
    }
  }
}
`
}
