import type { Conversation } from '@/shared/api/model'
import { useNow } from '@/shared/ui/use-now'

/** Whether the channel takes no free words any more until the lead writes again. */
export function useIsWindowClosed({ window_closes_at: closesAt, status }: Conversation): boolean {
  const now = useNow()
  return closesAt !== null && status !== 'closed' && Date.parse(closesAt) <= now
}
