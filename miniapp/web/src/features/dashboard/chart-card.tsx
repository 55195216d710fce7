import { ChartNoAxesColumn, Table2 } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { classNames } from '@/shared/ui/class-names'
import { IconButton } from '@/shared/ui/button'
import styles from './dashboard.module.css'

export interface Table {
  head: readonly string[]
  rows: readonly (readonly string[])[]
}

interface Props {
  title: string
  table: Table
  isWide?: boolean
  isEmpty?: boolean
  /** What is shown as long as there are no figures: they are on their way, or did not come. */
  instead?: ReactNode
  children?: ReactNode
}

/** A picture of figures. The same as a table is read out in its place, and shown to whoever prefers it. */
export function ChartCard({ title, table, isWide = false, isEmpty = false, instead, children }: Props) {
  const { t } = useI18n()
  const id = useId()
  const [isTable, setIsTable] = useState(false)
  const isNone = isEmpty || instead !== undefined
  return (
    <figure className={classNames(styles.chart, isWide && styles.wide)} aria-labelledby={id}>
      <figcaption className={styles.chartHead}>
        <h2 id={id}>{title}</h2>
        {!isNone && (
          <IconButton label={t(isTable ? 'dashboard.asChart' : 'dashboard.asTable')} look="soft" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? <ChartNoAxesColumn size={19} /> : <Table2 size={19} />}
          </IconButton>
        )}
      </figcaption>
      {isNone ? (
        (instead ?? <p className={styles.empty}>{t('dashboard.noneYet')}</p>)
      ) : (
        <>
          {!isTable && <div aria-hidden>{children}</div>}
          <div className={isTable ? styles.tablePlace : 'unseen'}><FigureTable table={table} label={title} /></div>
        </>
      )}
    </figure>
  )
}

function FigureTable({ table, label }: { table: Table; label: string }) {
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>{table.head.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
      </thead>
      <tbody>
        {table.rows.map(([name, ...cells]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {cells.map((cell, at) => <td key={at}>{cell}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
