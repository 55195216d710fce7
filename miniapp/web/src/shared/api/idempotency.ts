/** Names one thing to do. Whoever tries again keeps the name, so that it is done once. */
export function newKey(): string {
  return crypto.randomUUID()
}
