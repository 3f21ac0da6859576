use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};

const PAGE: usize = 1 << 16;

/// Memory that lasts until the call ends, when the host takes back all of it: what
/// is allocated comes after what was allocated last, and only the last is given
/// back.
struct Arena;

#[global_allocator]
static ARENA: Arena = Arena;

// Zero before the first allocation. A module has one thread.
static mut NEXT: usize = 0;

extern "C" {
    static __heap_base: u8;
}

/// Makes the memory reach to an end, and reports whether it does.
unsafe fn reach(end: usize) -> bool {
    let have = memory_size(0) * PAGE;
    end <= have || memory_grow(0, (end - have + PAGE - 1) / PAGE) != usize::MAX
}

unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let free = if NEXT == 0 { &__heap_base as *const u8 as usize } else { NEXT };
        let start = (free + layout.align() - 1) & !(layout.align() - 1);
        match start.checked_add(layout.size()) {
            Some(end) if reach(end) => {
                NEXT = end;
                start as *mut u8
            }
            _ => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        if ptr as usize + layout.size() == NEXT {
            NEXT = ptr as usize;
        }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if ptr as usize + layout.size() == NEXT {
            return match (ptr as usize).checked_add(size) {
                Some(end) if reach(end) => {
                    NEXT = end;
                    ptr
                }
                _ => core::ptr::null_mut(),
            };
        }
        let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
        if !moved.is_null() {
            core::ptr::copy_nonoverlapping(ptr, moved, size.min(layout.size()));
        }
        moved
    }
}
