/** What has gone through a connection: frames, each a round trip at most, and bytes before any encryption. */
export interface Traffic {
  frames: number
  sent: number
  received: number
}

export function noTraffic(): Traffic {
  return { frames: 0, sent: 0, received: 0 }
}

export function addTraffic(to: Traffic, more: Readonly<Traffic>): void {
  to.frames += more.frames
  to.sent += more.sent
  to.received += more.received
}
