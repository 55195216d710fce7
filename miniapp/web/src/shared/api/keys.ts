/** Under which key an answer is remembered; what begins with a key is forgotten with it. */
export const keys = {
  me: ['me'],
  leads: ['leads'],
  leadList: (filters: object) => ['leads', 'list', filters],
  tags: ['leads', 'tags'],
  lead: (id: string) => ['lead', id],
  timeline: (id: string) => ['lead', id, 'timeline'],
  board: ['board'],
  dashboard: ['dashboard'],
  stages: ['stages'],
  team: ['team'],
  conversation: (id: string) => ['conversation', id],
  messages: (id: string) => ['messages', id],
  quickReplies: ['quick-replies'],
  settings: ['settings'],
} as const
