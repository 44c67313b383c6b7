export { type AddressLists, addressLists, clearAddressLists } from './account-addresses.store.ts';
export { RolesError, roleNotFound, userNotFound } from './errors.ts';
export { roleById } from './role.store.ts';
export { roleRoutes } from './roles.routes.ts';
