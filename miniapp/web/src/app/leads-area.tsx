import { useRoute } from 'wouter'
import { LeadsPage } from '@/features/leads/leads-page'
import styles from './leads-area.module.css'

/** The list and, beside it on a wide screen or above it on a phone, what is open. */
export function LeadsArea() {
  const [, lead] = useRoute('/leads/:id')
  const [, chat] = useRoute('/chats/:id')
  const openId = chat?.id ?? lead?.id
  return (
    <div className={styles.area} data-open={openId !== undefined}>
      <div className={styles.list}><LeadsPage openId={openId} /></div>
    </div>
  )
}
