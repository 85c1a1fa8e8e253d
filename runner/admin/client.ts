import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { AdminRouter } from '../../service/admin/router.ts'
import type { Session } from '../transport/session.ts'
import type { Script } from '../transport/shell.ts'
import { relay, type RelayAnswer, type RelayRequest } from './relay.ts'

/** How a service on a host is asked. */
export interface AdminHost {
  /** Of a user who may read the token: root. */
  readonly session: Session
  /** See `relay`. */
  readonly locate: Script
  /** The unit's name, for messages. */
  readonly service: string
}

export type AdminClient = TRPCClient<AdminRouter>

/** The service's admin API, typed by the service's own router. Its calls go through the host's session. */
export function adminClient(host: AdminHost): AdminClient {
  const fetch = async (
    input: Request | URL | string,
    init?: { method?: string; body?: unknown },
  ): Promise<Response> => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input)
    const body = typeof init?.body === 'string' ? { body: init.body } : {}
    const answer = await ask(host, { method: init?.method ?? 'GET', path: pathname + search, ...body })
    return new Response(answer.body, { status: answer.status })
  }
  return createTRPCClient<AdminRouter>({ links: [httpLink({ url: 'http://service', fetch })] })
}

/** One request. @throws {AdminUnavailable} */
export function ask({ session, locate, service }: AdminHost, request: RelayRequest): Promise<RelayAnswer> {
  return relay(session, locate, service, request)
}
