import type { HtmlTagDescriptor, Plugin } from 'vite'

/** Has the document name what `entry` is made of: it is fetched beside the first script, which imports it later. */
export function preloads(entry: string): Plugin {
  return {
    name: 'preloads',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => {
        if (bundle === undefined) return []
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        const first = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(entry))
        if (first === undefined) throw new Error(`nothing is made of ${entry}`)
        const needed = new Set([first])
        for (const chunk of needed) {
          for (const other of chunks) if (chunk.imports.includes(other.fileName)) needed.add(other)
        }
        const styles = [...needed].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])])
        return [
          ...[...needed].map((chunk) => link({ rel: 'modulepreload', crossorigin: true, href: `/miniapp/${chunk.fileName}` })),
          ...styles.map((file) => link({ rel: 'stylesheet', crossorigin: true, href: `/miniapp/${file}` })),
        ]
      },
    },
  }
}

function link(attrs: Record<string, string | boolean>): HtmlTagDescriptor {
  return { tag: 'link', attrs, injectTo: 'head' }
}
