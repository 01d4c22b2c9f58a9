// SPDX-License-Identifier: Apache-2.0
// Where things are that tests read or run. Meson writes these paths into one small file, the only one that has to be
// compiled anew wherever the tree is: a compiler cache knows all others.
#pragma once

namespace places {

extern const char tree[];
/// A Python with the package cryptography.
extern const char python[];

}  // namespace places
