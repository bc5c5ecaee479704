/** Who may call what: the personas that every façade shares. */
export { requirePersona, type Persona } from '@hearth/stacks';
