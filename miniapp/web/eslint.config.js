import { readdirSync } from 'node:fs'
import js from '@eslint/js'
import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const features = readdirSync('src/features')

/** Imports go one way: shared ← features ← app, and features know nothing of each other. */
function layer(files, forbidden, message) {
  return {
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }, beyondTheFolder] }] },
  }
}

const beyondTheFolder = { group: ['../../*'], message: 'Beyond its own folder a module is named from the root: @/…' }

export default tseslint.config(
  { ignores: ['dist', 'src/shared/api/schema.d.ts'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 150, skipBlankLines: false, skipComments: false }],
      // A number in a sentence is what sentences are made with here.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Handlers of events are allowed to be asynchronous: what they throw is told by the query that failed.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // It speaks to React's compiler, which does not run here.
      'react-hooks/incompatible-library': 'off',
      // The first field of a sheet is what the sheet was opened for.
      'jsx-a11y/no-autofocus': 'off',
    },
  },
  layer(['src/shared/**'], ['@/features/*', '@/features/**', '@/app/*', '@/app/**'], 'Shared parts know no feature.'),
  ...features.map((name) =>
    layer(
      [`src/features/${name}/**`],
      ['@/app/**', ...features.filter((other) => other !== name).map((other) => `@/features/${other}/**`)],
      'A feature imports shared parts and its own: what two of them need belongs in shared.',
    ),
  ),
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
)
