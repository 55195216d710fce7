import { begin } from './app/beginning'

// Small, and therefore here first: what has to be asked is asked while the app itself is still on its way.
begin(location)
void import('./main')
